/** The layers that are elastic out of the box, under the reference's keys. */
@NullMarked
package io.espalier.modules.layers;

import org.jspecify.annotations.NullMarked;
