@NullMarked
package io.espalier.djl.carve;

import org.jspecify.annotations.NullMarked;
