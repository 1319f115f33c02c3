/** Cuts smaller ONNX models out of larger ones. */
@NullMarked
package io.espalier.onnx.carve;

import org.jspecify.annotations.NullMarked;
