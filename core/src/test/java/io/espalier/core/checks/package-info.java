@NullMarked
package io.espalier.core.checks;

import org.jspecify.annotations.NullMarked;
