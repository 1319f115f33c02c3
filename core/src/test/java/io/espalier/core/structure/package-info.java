@NullMarked
package io.espalier.core.structure;

import org.jspecify.annotations.NullMarked;
