@NullMarked
package io.espalier.core.data.formats;

import org.jspecify.annotations.NullMarked;
