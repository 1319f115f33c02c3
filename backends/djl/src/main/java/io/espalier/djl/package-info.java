/** DJL blocks: traced, searched and carved. */
@NullMarked
package io.espalier.djl;

import org.jspecify.annotations.NullMarked;
