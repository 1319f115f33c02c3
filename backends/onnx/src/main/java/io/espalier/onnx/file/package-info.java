/**
 * ONNX files: opened without their weights, edited, and written with everything untouched copied
 * byte for byte.
 */
@NullMarked
package io.espalier.onnx.file;

import org.jspecify.annotations.NullMarked;
