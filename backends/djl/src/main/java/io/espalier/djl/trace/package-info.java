/**
 * Traces DJL blocks: runs the forward pass on symbolic arrays, and records what it does as ONNX
 * operators.
 */
@NullMarked
package io.espalier.djl.trace;

import org.jspecify.annotations.NullMarked;
