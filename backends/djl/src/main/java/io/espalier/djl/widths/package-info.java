/** The widths that DJL's own blocks hold in fields. */
@NullMarked
package io.espalier.djl.widths;

import org.jspecify.annotations.NullMarked;
