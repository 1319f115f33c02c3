@NullMarked
package io.espalier.djl.trace;

import org.jspecify.annotations.NullMarked;
