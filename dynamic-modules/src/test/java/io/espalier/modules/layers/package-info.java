@NullMarked
package io.espalier.modules.layers;

import org.jspecify.annotations.NullMarked;
