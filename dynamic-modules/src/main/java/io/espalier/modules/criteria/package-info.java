/** Ways to score the units of a width. */
@NullMarked
package io.espalier.modules.criteria;

import org.jspecify.annotations.NullMarked;
