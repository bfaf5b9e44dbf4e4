package main

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	contact "github.com/alibabacloud-go/dingtalk/contact_1_0"
	im "github.com/alibabacloud-go/dingtalk/im_1_0"
	robot "github.com/alibabacloud-go/dingtalk/robot_1_0"

	openapi "github.com/alibabacloud-go/darabonba-openapi/v2/client"
	"github.com/alibabacloud-go/tea/tea"
)

// operate calls an operation by the SDK's name for it, such as robot_1_0.OrgGroupSend, with its typed request and
// headers. It answers the response body under its wire names, or a *tea.SDKError.
func (s *sdk) operate(operation string, token *string, path []string, with fields) (fields, error) {
	module, name, _ := strings.Cut(operation, ".")
	client, err := newClient(module, s.endpoint)
	if err != nil {
		return nil, err
	}
	method := reflect.ValueOf(client).MethodByName(name + "WithOptions")
	if !method.IsValid() {
		return nil, fmt.Errorf("the SDK has no operation %s", operation)
	}
	arguments, err := argumentsOf(method.Type(), token, path, with)
	if err != nil {
		return nil, err
	}
	results := method.Call(arguments)
	if err, failed := results[1].Interface().(error); failed {
		return nil, err
	}
	return bodyOf(results[0])
}

func newClient(module, endpoint string) (any, error) {
	config := &openapi.Config{Protocol: tea.String("http"), Endpoint: tea.String(endpoint)}
	switch module {
	case "contact_1_0":
		return contact.NewClient(config)
	case "im_1_0":
		return im.NewClient(config)
	case "robot_1_0":
		return robot.NewClient(config)
	}
	return nil, fmt.Errorf("the tests do not use the module %s", module)
}

// argumentsOf creates the arguments of a method: the parameters in the path, the request if there is one, the headers
// and the options.
func argumentsOf(method reflect.Type, token *string, path []string, with fields) ([]reflect.Value, error) {
	arguments := []reflect.Value{}
	for _, value := range path {
		arguments = append(arguments, reflect.ValueOf(tea.String(value)))
	}
	for i := len(path); i < method.NumIn(); i++ {
		argument := reflect.New(method.In(i).Elem())
		switch kind := method.In(i).Elem().Name(); {
		case strings.HasSuffix(kind, "Headers"):
			argument.Elem().FieldByName("XAcsDingtalkAccessToken").Set(reflect.ValueOf(token))
		case strings.HasSuffix(kind, "Request"):
			content, err := json.Marshal(with)
			if err != nil {
				return nil, err
			}
			if err := json.Unmarshal(content, argument.Interface()); err != nil {
				return nil, err
			}
		}
		arguments = append(arguments, argument)
	}
	return arguments, nil
}

// bodyOf returns the body of a response. tea.ToMap would leave empty lists out.
func bodyOf(response reflect.Value) (body fields, err error) {
	value := response.Elem().FieldByName("Body").Interface()
	content, err := json.Marshal(value)
	if err == nil {
		err = json.Unmarshal(content, &body)
	}
	return body, err
}
