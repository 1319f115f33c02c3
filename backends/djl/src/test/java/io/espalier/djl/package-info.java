@NullMarked
package io.espalier.djl;

import org.jspecify.annotations.NullMarked;
