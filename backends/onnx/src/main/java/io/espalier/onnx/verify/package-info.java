/**
 * The proof of a cut: the original network with masks on every edge that was cut, compared with the
 * network that was carved. Works from the original and the manifest alone, and shares no code with
 * the analysis that it checks.
 */
@NullMarked
package io.espalier.onnx.verify;

import org.jspecify.annotations.NullMarked;
