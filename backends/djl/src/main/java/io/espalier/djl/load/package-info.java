/** Blocks by name, and their parameters from files. */
@NullMarked
package io.espalier.djl.load;

import org.jspecify.annotations.NullMarked;
