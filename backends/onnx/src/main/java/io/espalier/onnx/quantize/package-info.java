/**
 * Weights in eight bits, as ONNX Runtime's own tool for dynamic quantisation writes them, and back.
 */
@org.jspecify.annotations.NullMarked
package io.espalier.onnx.quantize;
