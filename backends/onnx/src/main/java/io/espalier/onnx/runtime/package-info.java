/** Running ONNX models with ONNX Runtime. */
@NullMarked
package io.espalier.onnx.runtime;

import org.jspecify.annotations.NullMarked;
