/**
 * Internal: the blocks inside a block, what they are called, and which call of which of them is
 * running. It promises nothing to users.
 */
@NullMarked
package io.espalier.djl.trace.blocks;

import org.jspecify.annotations.NullMarked;
