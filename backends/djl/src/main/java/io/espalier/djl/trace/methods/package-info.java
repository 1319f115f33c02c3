/**
 * Internal: what the methods of arrays do, written as ONNX operators; one class for each family of
 * methods. It promises nothing to users.
 */
@NullMarked
package io.espalier.djl.trace.methods;

import org.jspecify.annotations.NullMarked;
