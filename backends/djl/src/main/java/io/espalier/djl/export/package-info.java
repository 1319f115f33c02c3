/** Traced blocks as ONNX files. */
@NullMarked
package io.espalier.djl.export;

import org.jspecify.annotations.NullMarked;
