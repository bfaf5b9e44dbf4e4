package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/alibabacloud-go/tea/tea"
)

// The table of cases: what is done, and what must come of it.
var table = func() (table struct {
	Values       fields
	Before       []any
	EveryFailure fields
	Fragments    map[string]step
	Cases        []struct {
		Id       string
		Only     []string
		Steps    []any
		MustFail bool
	}
}) {
	content, err := os.ReadFile("../expectations.json")
	if err == nil {
		err = json.Unmarshal(content, &table)
	}
	if err != nil {
		panic(err)
	}
	return table
}()

type step struct {
	Call, Operation, Http, Form string
	Path                        []any
	Sample                      *[]any
	Token, Bearer               any
	With                        fields
	Answers                     fields
	Fails                       fields
	Save                        map[string]string
	Repeat                      int
}

// TestStory plays every case for this SDK.
func TestStory(t *testing.T) {
	for _, each := range table.Cases {
		if !isFor(each.Only, os.Getenv("SDK")) {
			continue
		}
		t.Run(each.Id, func(t *testing.T) {
			err := tell(os.Getenv("HUIZHI"), each.Steps)
			var difference *difference
			if each.MustFail && !errors.As(err, &difference) {
				t.Fatalf("it did not fail: %v", err)
			}
			if !each.MustFail && err != nil {
				t.Fatal(err)
			}
		})
	}
}

// isFor returns whether a case runs with an SDK, such as "Go 1.6.88".
func isFor(only []string, sdk string) bool {
	return len(only) == 0 || slices.ContainsFunc(only, func(each string) bool {
		return sdk == each || strings.HasPrefix(sdk, each+" ")
	})
}

func tell(endpoint string, steps []any) error {
	client, err := newSdk(endpoint)
	if err != nil {
		return err
	}
	story := &story{endpoint, client, maps.Clone(table.Values)}
	for i, step := range slices.Concat(table.Before, steps) {
		if err := story.play(stepOf(step)); err != nil {
			return fmt.Errorf("step %d: %w", i, err)
		}
	}
	return nil
}

func stepOf(value any) (found step) {
	if name, named := value.(string); named {
		return table.Fragments[name]
	}
	content, _ := json.Marshal(value)
	if err := json.Unmarshal(content, &found); err != nil {
		panic(err)
	}
	return found
}

// story is one case: its steps in order, and the values that they save for later ones.
type story struct {
	endpoint string
	sdk      *sdk
	values   fields
}

func (s *story) play(step step) (err error) {
	for range max(step.Repeat, 1) {
		if err = s.try(step); err == nil {
			return nil
		}
	}
	return err
}

func (s *story) try(step step) error {
	outcome, err := s.outcome(step)
	if err != nil {
		return err
	}
	if err := expect(outcome, s.fill(expected(step)), "outcome"); err != nil {
		return err
	}
	for name, path := range step.Save {
		s.values[name] = reach(outcome["answers"], path)
	}
	return nil
}

func expected(step step) fields {
	if step.Fails == nil {
		return fields{"answers": step.Answers}
	}
	fails := maps.Clone(step.Fails)
	maps.Copy(fails, table.EveryFailure)
	return fields{"fails": fails}
}

// outcome is in the form of decoded JSON, whatever types the SDK uses.
func (s *story) outcome(step step) (fields, error) {
	answers, err := s.answer(step)
	outcome := fields{"answers": answers}
	var refused *tea.SDKError
	if errors.As(err, &refused) {
		fails, contradiction := failure(refused)
		outcome, err = fields{"fails": fails}, contradiction
	}
	if err != nil {
		return nil, err
	}
	content, err := json.Marshal(outcome)
	if err != nil {
		return nil, err
	}
	outcome = fields{}
	return outcome, json.Unmarshal(content, &outcome)
}

func (s *story) answer(step step) (fields, error) {
	with := s.fill(step.With).(fields)
	switch {
	case step.Http != "":
		return s.http(step, with, s.fill(step.Bearer))
	case step.Sample != nil:
		return printed(s.fill(*step.Sample).([]any))
	}
	var token *string
	if given, is := s.fill(step.Token).(string); is {
		token = &given
	}
	if step.Operation == "" {
		return s.sdk.call(step.Call, token, with)
	}
	path := []string{}
	for _, value := range s.fill(step.Path).([]any) {
		path = append(path, value.(string))
	}
	return s.sdk.operate(step.Operation, token, path, with)
}

func (s *story) http(step step, with fields, bearer any) (answers fields, err error) {
	method, path, _ := strings.Cut(s.fill(step.Http).(string), " ")
	content, contentType := []byte(step.Form), "multipart/form-data; boundary=part"
	if step.Form == "" {
		contentType = "application/json"
		if content, err = json.Marshal(with); err != nil {
			return nil, err
		}
	}
	request, err := http.NewRequest(method, "http://"+s.endpoint+path, bytes.NewReader(content))
	if err != nil {
		return nil, err
	}
	request.Header.Set("content-type", contentType)
	if bearer != nil {
		request.Header.Set("authorization", fmt.Sprint("Bearer ", bearer))
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode >= 300 {
		return nil, fmt.Errorf("%s: %s %s %w", step.Http, response.Status, body, err)
	}
	if len(body) > 0 {
		err = json.Unmarshal(body, &answers)
	}
	return answers, err
}

// printed is what the program of the how-to page prints.
func printed(values []any) (fields, error) {
	var arguments []string
	for _, value := range values {
		arguments = append(arguments, value.(string))
	}
	var output strings.Builder
	err := run(&output, arguments...)
	return fields{"printed": output.String()}, err
}

var names = regexp.MustCompile(`\$\{\w+\}`)

// fill puts saved values in the place of their $names. A text that is a name alone gets the value of any type.
func (s *story) fill(value any) any {
	switch value := value.(type) {
	case string:
		if saved, found := s.values[strings.TrimPrefix(value, "$")]; found && strings.HasPrefix(value, "$") {
			return saved
		}
		return names.ReplaceAllStringFunc(value, func(found string) string {
			if saved, is := s.values[found[2:len(found)-1]]; is {
				return fmt.Sprint(saved)
			}
			return found
		})
	case []any:
		filled := []any{}
		for _, each := range value {
			filled = append(filled, s.fill(each))
		}
		return filled
	case fields:
		filled := fields{}
		for key, each := range value {
			filled[s.fill(key).(string)] = s.fill(each)
		}
		return filled
	}
	return value
}

func reach(value any, path string) any {
	for _, step := range strings.Split(path, ".") {
		switch container := value.(type) {
		case []any:
			index, _ := strconv.Atoi(step)
			value = container[index]
		case fields:
			value = container[step]
		}
	}
	return value
}
