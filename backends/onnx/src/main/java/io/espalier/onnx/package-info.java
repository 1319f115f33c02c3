/** Reads, traces, carves, writes and runs ONNX files. */
@NullMarked
package io.espalier.onnx;

import org.jspecify.annotations.NullMarked;
