/** Files that nobody meant to write, given to everything that reads one. */
@NullMarked
package io.espalier.cli.fuzz;

import org.jspecify.annotations.NullMarked;
