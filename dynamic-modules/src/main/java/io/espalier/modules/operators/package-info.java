/** Typing rules for the operators of the ONNX standard. */
@NullMarked
package io.espalier.modules.operators;

import org.jspecify.annotations.NullMarked;
