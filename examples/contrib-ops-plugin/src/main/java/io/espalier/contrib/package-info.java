/**
 * The fused operators that ONNX Runtime puts into a graph when it optimises, domain {@code
 * com.microsoft}: one rule for each, after the runtime's description of them ({@code
 * docs/ContribOperators.md}), and modules that name their widths.
 */
@NullMarked
package io.espalier.contrib;

import org.jspecify.annotations.NullMarked;
