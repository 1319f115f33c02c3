@NullMarked
package io.espalier.modules.criteria;

import org.jspecify.annotations.NullMarked;
