@NullMarked
package io.espalier.customblock;

import org.jspecify.annotations.NullMarked;
