// Gets a token with net/http.
package main

import (
	"fmt"
	"io"
	"net/http"
	"strings"
)

func main() {
	body := strings.NewReader(`{"appKey":"dingappinternal","appSecret":"s3cret-internal"}`)
	answer, err := http.Post("https://api.dingtalk.com/v1.0/oauth2/accessToken", "application/json", body)
	if err != nil {
		panic(err)
	}
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		panic(err)
	}
	fmt.Println(string(text))
}
