/**
 * Internal: what a run records, one ONNX operator after the other. It promises nothing to users.
 */
@NullMarked
package io.espalier.djl.trace.tape;

import org.jspecify.annotations.NullMarked;
