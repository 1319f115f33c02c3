/** The built-in operator rules and dynamic modules, found as a plugin is. */
@NullMarked
package io.espalier.modules;

import org.jspecify.annotations.NullMarked;
