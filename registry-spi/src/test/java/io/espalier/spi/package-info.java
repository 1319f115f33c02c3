@NullMarked
package io.espalier.spi;

import org.jspecify.annotations.NullMarked;
