/** A block of one's own: what it computes, and what its fields mean. */
@NullMarked
package io.espalier.customblock;

import org.jspecify.annotations.NullMarked;
