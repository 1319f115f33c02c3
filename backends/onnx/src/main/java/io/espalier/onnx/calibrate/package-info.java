/** Runs models on data and takes moments of what their layers read, inside ONNX Runtime. */
@org.jspecify.annotations.NullMarked
package io.espalier.onnx.calibrate;
