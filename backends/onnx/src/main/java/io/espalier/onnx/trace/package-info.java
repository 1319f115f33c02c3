/**
 * From an ONNX file to a graph that can be solved: {@link io.espalier.onnx.trace.OnnxTracer} reads
 * the nodes, tensors and shapes, names the layers, and finds the containers they stand in.
 */
@NullMarked
package io.espalier.onnx.trace;

import org.jspecify.annotations.NullMarked;
