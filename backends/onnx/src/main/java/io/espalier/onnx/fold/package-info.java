/** Parameters that are computed from parameters by more than moving and scaling, made plain. */
@NullMarked
package io.espalier.onnx.fold;

import org.jspecify.annotations.NullMarked;
