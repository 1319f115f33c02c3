@NullMarked
package io.espalier.trace;

import org.jspecify.annotations.NullMarked;
