@NullMarked
package io.espalier.core.rules;

import org.jspecify.annotations.NullMarked;
