package main

import (
	"fmt"
	"regexp"
)

// difference is how a value is not as the table says.
type difference struct{ path, text string }

func (d *difference) Error() string { return d.path + ": " + d.text }

func differ(path, format string, values ...any) error {
	return &difference{path, fmt.Sprintf(format, values...)}
}

// expect tells how a value differs from what the table says.
func expect(actual, expected any, path string) error {
	switch expected := expected.(type) {
	case fields:
		if pattern, isPattern := expected["$matches"].(string); isPattern {
			return expectMatch(actual, pattern, path)
		}
		return expectFields(actual, expected, path)
	case []any:
		return expectList(actual, expected, path)
	}
	if actual != expected {
		return differ(path, "%#v is not %#v", actual, expected)
	}
	return nil
}

func expectFields(actual any, expected fields, path string) error {
	object, isObject := actual.(fields)
	if !isObject {
		return differ(path, "%#v is no object", actual)
	}
	for key, each := range expected {
		if err := expect(object[key], each, path+"."+key); err != nil {
			return err
		}
	}
	return nil
}

func expectList(actual any, expected []any, path string) error {
	list, isList := actual.([]any)
	if !isList || len(list) != len(expected) {
		return differ(path, "%#v is not %#v", actual, expected)
	}
	for i, each := range expected {
		if err := expect(list[i], each, fmt.Sprintf("%s[%d]", path, i)); err != nil {
			return err
		}
	}
	return nil
}

func expectMatch(actual any, pattern, path string) error {
	text, isText := actual.(string)
	if !isText || !regexp.MustCompile(pattern).MatchString(text) {
		return differ(path, "%#v does not match %s", actual, pattern)
	}
	return nil
}
