"""Pure decisions: values and a moment in, frozen values out."""
