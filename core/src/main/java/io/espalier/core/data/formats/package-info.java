/** The formats of data that are read without further JARs; found as a stranger's sources are. */
@NullMarked
package io.espalier.core.data.formats;

import org.jspecify.annotations.NullMarked;
