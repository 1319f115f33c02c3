/** Solves the weights of a carved network anew, so that it computes what the original does. */
@org.jspecify.annotations.NullMarked
package io.espalier.core.compensation;
