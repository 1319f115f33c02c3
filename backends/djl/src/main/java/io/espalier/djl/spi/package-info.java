/** What an author of blocks says of the widths that they hold. */
@NullMarked
package io.espalier.djl.spi;

import org.jspecify.annotations.NullMarked;
