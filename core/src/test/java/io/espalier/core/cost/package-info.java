/** Tests. */
@NullMarked
package io.espalier.core.cost;

import org.jspecify.annotations.NullMarked;
