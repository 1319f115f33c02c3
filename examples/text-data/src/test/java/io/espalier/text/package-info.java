@NullMarked
package io.espalier.text;

import org.jspecify.annotations.NullMarked;
