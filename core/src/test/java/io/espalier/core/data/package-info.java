@NullMarked
package io.espalier.core.data;

import org.jspecify.annotations.NullMarked;
