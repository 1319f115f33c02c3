/** Units that contribute nothing: what they are, and how a network goes on without them. */
@org.jspecify.annotations.NullMarked
package io.espalier.core.lossless;
