@NullMarked
package io.espalier.modules.operators;

import org.jspecify.annotations.NullMarked;
