@NullMarked
package io.espalier.core.values;

import org.jspecify.annotations.NullMarked;
