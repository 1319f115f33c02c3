@NullMarked
package io.espalier.contrib;

import org.jspecify.annotations.NullMarked;
