@NullMarked
package io.espalier.core.search;

import org.jspecify.annotations.NullMarked;
