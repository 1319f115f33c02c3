/** Axis layouts, the solver, and the driver that applies operator rules. */
@NullMarked
package io.espalier.trace;

import org.jspecify.annotations.NullMarked;
