/** A small network to try the built-in rules and modules on. */
@NullMarked
package io.espalier.modules;

import org.jspecify.annotations.NullMarked;
