/** ONNX networks built in code: for tests, demonstrations and measurements. */
@NullMarked
package io.espalier.onnx.build;

import org.jspecify.annotations.NullMarked;
