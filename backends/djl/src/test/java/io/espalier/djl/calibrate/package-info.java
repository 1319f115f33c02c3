@NullMarked
package io.espalier.djl.calibrate;

import org.jspecify.annotations.NullMarked;
